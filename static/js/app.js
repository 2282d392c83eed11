/* What pages cannot do by themselves: keep the focus where work goes on, open dialogs, copy, and say so when a request fails. */
(() => {
  "use strict";

  const byId = (id) => document.getElementById(id);
  const all = (selector) => document.querySelectorAll(selector);
  const on = (event, react) => document.addEventListener(event, react);
  const marked = (place) => (place.matches?.("[data-focus]") ? place : place.querySelector?.("[data-focus]"));
  const say = (text) => (byId("live").textContent = text);

  // A refused form says what is wrong: that is where to go on.
  marked(document)?.focus();

  // A dialog opens as soon as it arrives, and gives the focus back to what opened it.
  let opener = null;
  let back = null;
  const home = () => (back?.isConnected ? back : byId("main"));
  // A button is switched off while its form is under way, and loses the focus by that.
  let pressed = "";

  const open = (place) => {
    const dialog = place.matches?.("dialog[data-open]") ? place : place.querySelector?.("dialog[data-open]");
    if (!dialog || dialog.matches(":modal")) return false;
    dialog.removeAttribute("data-open");
    // Where no script runs, some dialogs stand open in the page.
    dialog.removeAttribute("open");
    back = opener ?? byId(pressed);
    opener = null;
    dialog.addEventListener("close", () => {
      home().focus();
      // What is sent by leaving goes itself, once that has arrived.
      const form = dialog.querySelector("[data-on-close]");
      if (form) form.requestSubmit();
      else dialog.remove();
    });
    dialog.showModal();
    (marked(dialog) ?? dialog.querySelector("[data-first]") ?? dialog.querySelector("h2")).focus();
    return true;
  };

  on("htmx:afterSettle", (event) => {
    const place = event.detail.elt;
    if (open(place)) return;
    const problem = marked(place);
    if (problem) problem.focus();
    else if (document.activeElement === document.body) (byId(pressed) ?? home()).focus({ preventScroll: true });
  });

  // A cheer is seen before it is answered.
  const flip = ({ detail }) => {
    const button = detail.elt.querySelector("[aria-pressed]");
    if (button) button.ariaPressed = button.ariaPressed !== "true";
  };

  on("htmx:beforeRequest", (event) => {
    flip(event);
    pressed = document.activeElement.id;
    const place = event.detail.target;
    if (place.id === "dialog") opener = event.detail.elt;
    place.ariaBusy = "true";
    place.querySelector(".failed")?.remove();
  });

  on("htmx:afterRequest", (event) => (event.detail.target.ariaBusy = null));

  const TOO_OLD = "This page is too old. Load it again, then try once more.";
  const WORDS = {
    400: TOO_OLD,
    403: TOO_OLD,
    404: "This is not here any more. Load the page again.",
    413: "This file is too large. Choose a smaller one.",
    429: "That was too fast. Wait a minute, then try again.",
  };

  const tell = (event) => {
    flip(event);
    const alert = document.createElement("p");
    alert.className = "summary failed";
    alert.role = "alert";
    alert.textContent = WORDS[event.detail.xhr?.status] ?? "Couldn't save. Nothing was counted twice. Try again.";
    event.detail.target.append(alert);
  };
  for (const failure of ["htmx:responseError", "htmx:sendError", "htmx:timeout"]) on(failure, tell);

  // What is looked at by nobody need not be asked for.
  on("htmx:confirm", (event) => {
    if (document.hidden && event.detail.elt.hasAttribute("data-poll")) event.preventDefault();
  });

  on("click", ({ target }) => {
    // A menu closes when work goes on elsewhere.
    for (const menu of all("details.menu[open]")) if (!menu.contains(target)) menu.open = false;
    const copy = target.closest("[data-copy]");
    if (copy) {
      const field = byId(copy.dataset.copy);
      field.select();
      navigator.clipboard?.writeText(field.value).then(() => say("Copied"));
      copy.lastChild.textContent = "Copied";
    }
    const share = target.closest("[data-share]");
    if (share) navigator.share({ url: byId(share.dataset.share).value }).catch(() => {});
    const show = target.closest("[data-show]");
    if (show) byId(show.dataset.show).type = show.checked ? "text" : "password";
    if (target.closest("[data-print]")) window.print();
  });

  on("change", ({ target }) => {
    const image = target.files?.[0] && byId(target.dataset.preview);
    if (!image) return;
    const reader = new FileReader();
    reader.onload = () => (image.src = reader.result);
    reader.readAsDataURL(target.files[0]);
    image.hidden = false;
  });

  on("keydown", (event) => {
    const menu = event.key === "Escape" && document.querySelector("details.menu[open]");
    if (menu) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
    const search = (event.ctrlKey || event.metaKey) && event.key === "k" && document.querySelector("[data-search]");
    if (search) {
      event.preventDefault();
      search.focus();
    }
  });

  for (const share of all("[data-share]")) share.hidden = !navigator.share;

  // What was typed is not lost by a wrong click.
  let changed = false;
  on("input", (event) => (changed ||= Boolean(event.target.closest("[data-unsaved]"))));
  on("submit", () => (changed = false));
  window.addEventListener("beforeunload", (event) => changed && event.preventDefault());

  // Where somebody lives is likely where their browser is.
  for (const field of all("[data-zone]")) field.value ||= Intl.DateTimeFormat().resolvedOptions().timeZone;

  // Where somebody is can lie beyond the edge.
  for (const tab of all(".tabs [aria-current]")) tab.parentElement.scrollLeft = tab.offsetLeft - 44;

  // Says so when there is no connection, to those whose pages can be an app.
  if (document.querySelector("[rel=manifest]")) navigator.serviceWorker?.register("/worker.js").catch(() => {});

  open(document);
})();
