/* Shows how the pages become an app, where this browser can do that and they are not one yet. */
(() => {
  "use strict";

  const hint = document.getElementById("install");
  const installed = matchMedia("(display-mode: standalone)").matches || navigator.standalone;
  if (!hint || installed) return;

  const show = (id) => {
    hint.hidden = document.getElementById(id).hidden = false;
  };

  window.addEventListener("beforeinstallprompt", (event) => {
    event.preventDefault();
    show("install-now");
    document.getElementById("install-now").addEventListener("click", () => event.prompt(), { once: true });
  });
  window.addEventListener("appinstalled", () => document.getElementById("install-dismissal")?.requestSubmit());

  // There, only its owner can do it; the browser says that it could by having an answer at all.
  if (navigator.standalone === false) show("install-how");
})();
