// Starts Swagger UI over the document that the page names.
const api = document.getElementById("api");
SwaggerUIBundle({
  url: api.dataset.document,
  domNode: api,
  deepLinking: true,
  persistAuthorization: false,
  // The validator would send the document to somebody else's site.
  validatorUrl: null,
});
