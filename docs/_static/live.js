/* Inside a frame: tell the page around how high this one is. In the page around: make room for it.
   In both: what is shown is sent to nobody. */
"use strict";

if (window.parent !== window) {
  const tell = () =>
    window.parent.postMessage({ govkitHeight: document.documentElement.scrollHeight }, "*");
  new ResizeObserver(tell).observe(document.body);
  document.addEventListener("submit", (event) => event.preventDefault());
} else {
  window.addEventListener("message", (event) => {
    for (const frame of document.querySelectorAll("iframe.govkit-live"))
      if (frame.contentWindow === event.source && event.data.govkitHeight)
        frame.style.height = `${event.data.govkitHeight}px`;
  });
}
