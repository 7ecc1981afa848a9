// What HTML alone cannot do: ages of times, the state of the live line, printing, choosing by select.
"use strict";

const UNITS = [["day", 86_400_000], ["hour", 3_600_000], ["minute", 60_000]];
const ago = new Intl.RelativeTimeFormat(document.documentElement.lang, { numeric: "always", style: "short" });
const DOWNLOAD_MS = 3000;

function age(since) {
  const passed = Date.now() - since;
  const [unit, length] = UNITS.find(([, length]) => passed >= length) ?? [];
  return unit ? ago.format(-Math.floor(passed / length), unit) : "";
}

function showAges(root) {
  for (const place of root.querySelectorAll("[data-since]")) {
    place.textContent = age(Number(place.dataset.since));
  }
}

function live(state) {
  document.body.dataset.live = state;
}

document.addEventListener("htmx:load", (event) => showAges(event.target));
document.addEventListener("htmx:sseOpen", () => live("on"));
document.addEventListener("htmx:sseError", () => live("lost"));
// What a page asks about is gone: it says so, rather than stand still.
document.addEventListener("htmx:responseError", (event) => {
  if (event.detail.xhr.status === 404) location.reload();
});
setInterval(() => showAges(document), 30_000);

// A bar of links that is wider than the screen: where one is is in sight, and an edge that fades says that there are more.
for (const bar of document.querySelectorAll(".top .main, .tabs")) {
  const fade = () => bar.classList.toggle("more", bar.scrollLeft + bar.clientWidth < bar.scrollWidth - 2);
  const here = bar.querySelector("[aria-current]");
  if (here) bar.scrollLeft = here.offsetLeft - bar.offsetLeft - (bar.clientWidth - here.offsetWidth) / 2;
  bar.addEventListener("scroll", fade, { passive: true });
  fade();
}

document.addEventListener("change", (event) => {
  const at = event.target;
  if (at.matches("[data-submits]")) at.form.requestSubmit();
  if (at.matches("[data-most]")) {
    // The server would take the whole of it before it refuses it.
    const large = [...at.files].some((file) => file.size > Number(at.dataset.most));
    at.setCustomValidity(large ? at.dataset.large : "");
    at.reportValidity();
  }
});
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-prints]")) window.print();
});
document.addEventListener("submit", (event) => {
  // A second click on a button that gives an order gives no second order.
  if (event.target.method === "post") {
    for (const button of event.target.querySelectorAll("button")) {
      setTimeout(() => { button.disabled = true; });
      // Where a file comes, the page stays.
      if (event.target.matches("[data-downloads]")) setTimeout(() => { button.disabled = false; }, DOWNLOAD_MS);
    }
  }
});
window.addEventListener("pageshow", (event) => {
  // A page that the browser kept is out of date.
  if (event.persisted) location.reload();
});
