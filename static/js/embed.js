/* Shows a waitlist's form or board in another site, and gives the frame the height of what is in it.
   <script src="https://YOUR-DESK/embed.js" data-waitlist="ADDRESS" async></script>; data-show="leaderboard" for the board. */
(() => {
  "use strict";

  const script = document.currentScript;
  // Inside the frame: tell the site how high the page is.
  if (document.body?.classList.contains("embedded")) {
    const tell = () => parent.postMessage({ laurel: document.documentElement.offsetHeight }, "*");
    new ResizeObserver(tell).observe(document.body);
    return;
  }
  const home = new URL(script.src).origin;
  const about = new URLSearchParams(location.search);
  const asked = new URLSearchParams({ ref: about.get("ref") ?? "", source: about.get("utm_source") ?? location.hostname });
  const board = script.dataset.show === "leaderboard";
  const frame = document.createElement("iframe");
  frame.src = `${home}/c/${encodeURIComponent(script.dataset.waitlist)}/embed${board ? "/leaderboard" : `?${asked}`}`;
  frame.title = script.dataset.title ?? (board ? "Leaderboard" : "Join the waitlist");
  frame.style.cssText = "border:0;display:block;inline-size:100%;block-size:420px";
  addEventListener("message", ({ data, origin, source }) => {
    if (origin === home && source === frame.contentWindow && data?.laurel > 0) frame.style.blockSize = `${Math.ceil(data.laurel)}px`;
  });
  script.after(frame);
})();
