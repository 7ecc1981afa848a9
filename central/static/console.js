// What HTML alone cannot do: ages of times, the state of the live line, printing, choosing by select.
"use strict";

const UNITS = [["day", 86_400_000], ["hour", 3_600_000], ["minute", 60_000]];
const ago = new Intl.RelativeTimeFormat(document.documentElement.lang, { numeric: "always", style: "short" });

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
  if (event.target.matches("[data-submits]")) event.target.form.requestSubmit();
});
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-prints]")) window.print();
});
document.addEventListener("submit", (event) => {
  // A second click on a button that gives an order gives no second order.
  if (event.target.method === "post") {
    for (const button of event.target.querySelectorAll("button")) {
      setTimeout(() => { button.disabled = true; });
    }
  }
});
window.addEventListener("pageshow", (event) => {
  // A page that the browser kept is out of date.
  if (event.persisted) location.reload();
});
