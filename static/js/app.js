/* What pages cannot do by themselves: keep the focus where work goes on, and say so when a request fails. */
(() => {
  "use strict";

  document.documentElement.classList.add("js");

  const marked = (place) => (place.matches?.("[data-focus]") ? place : place.querySelector?.("[data-focus]"));

  // A refused form says what is wrong: that is where to go on.
  marked(document)?.focus();

  // A button is switched off while its form is under way, and loses the focus by that.
  let pressed = "";

  document.addEventListener("htmx:afterSettle", (event) => {
    const problem = marked(event.detail.elt);
    if (problem) problem.focus();
    else if (document.activeElement === document.body) (document.getElementById(pressed) ?? document.getElementById("main")).focus({ preventScroll: true });
  });

  document.addEventListener("htmx:beforeRequest", (event) => {
    pressed = document.activeElement.id;
    const place = event.detail.target;
    place.setAttribute("aria-busy", "true");
    place.querySelector(".failed")?.remove();
  });

  document.addEventListener("htmx:afterRequest", (event) => event.detail.target.removeAttribute("aria-busy"));

  const WORDS = {
    400: "This page is too old. Load it again, then try once more.",
    403: "This page is too old. Load it again, then try once more.",
    404: "This is not here any more. Load the page again.",
    429: "That was too fast. Wait a minute, then try again.",
  };

  const tell = (event) => {
    const alert = document.createElement("p");
    alert.className = "summary failed";
    alert.setAttribute("role", "alert");
    alert.textContent = WORDS[event.detail.xhr?.status] ?? "Couldn't save. Nothing was counted twice. Try again.";
    event.detail.target.append(alert);
  };
  for (const failure of ["htmx:responseError", "htmx:sendError", "htmx:timeout"]) document.addEventListener(failure, tell);

  // A menu closes when work goes on elsewhere.
  document.addEventListener("click", (event) => {
    for (const menu of document.querySelectorAll("details.menu[open]")) if (!menu.contains(event.target)) menu.open = false;
  });
  document.addEventListener("keydown", (event) => {
    const menu = event.key === "Escape" && document.querySelector("details.menu[open]");
    if (menu) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  });
})();
