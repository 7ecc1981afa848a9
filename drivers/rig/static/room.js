// Draws the room's state and sends what a person does. The state comes whole, by each answer and by /events.

import { draggable } from "./drag.js";
import { drawPanels, handPanels } from "./panels.js";

const plan = document.getElementById("plan");
const texts = JSON.parse(document.getElementById("texts").textContent);
const CLOTHS = ["#8f3b35", "#2f5d7c", "#3f6b4f", "#7a5a2e", "#5b4a7d", "#34606b", "#9a5b3c", "#45525f", "#6f3654", "#4f6a2f"];
const WALK = { in: [88, 494], out: [494, 88] }; // units of the drawing
let state = null;

// ---------------------------------------------------------------- asking
async function send(path, body) {
  const answer = await fetch(path, {
    method: "POST",
    headers: { "Content-Type": "application/json", "Accept-Language": document.documentElement.lang },
    body: JSON.stringify(body ?? {}),
  }).catch(() => null);
  if (answer === null) return toast(texts.offline);
  const said = await answer.json();
  if (!answer.ok) return toast(said.message);
  draw(said);
  return said;
}

let hiding = 0;
function toast(message) {
  const box = document.getElementById("toast");
  box.textContent = message;
  box.hidden = false;
  clearTimeout(hiding);
  hiding = setTimeout(() => { box.hidden = true; }, 4000);
}

// ---------------------------------------------------------------- drawing
function draw(seen) {
  const before = state;
  state = seen;
  const { door, people } = seen;
  Object.assign(plan.dataset, { open: door?.open, locked: door?.locked, exit: door?.exit, fire: door?.fire, passing: people.passing });
  for (const node of plan.querySelectorAll("[data-text]")) {
    node.textContent = node.dataset.text.split(".").reduce((value, key) => value?.[key], seen) ?? "";
  }
  if (door) document.getElementById("lock").textContent = lockText(door);
  plan.querySelector(".leaving").disabled = people.inside === 0;
  drawBooks(seen.books);
  seen.devices.forEach(drawDevice);
  drawPanels(seen);
  if (before && before.people.inside !== people.inside) walk(people.inside > before.people.inside ? "in" : "out");
}

function lockText(door) {
  if (door.locked) return texts.locked;
  return `${texts.released} · ${door.free.map((why) => texts["free_" + why]).join(" · ")}`;
}

function drawDevice(device) {
  plan.querySelector(`[data-device="${device.name}"]`)?.classList.toggle("cut", !device.plugged);
  const cable = document.querySelector(`[data-cable="${device.name}"]`);
  cable.setAttribute("aria-checked", device.plugged);
  cable.title = device.url;
  cable.querySelector("em").textContent = device.plugged ? texts.plugged : texts.unplugged;
}

function drawBooks(books) {
  const nodes = new Map([...plan.querySelectorAll(".book:not(.ghost)")].map((node) => [node.dataset.uid, node]));
  const from = new Map([...nodes].map(([uid, node]) => [uid, node.getBoundingClientRect()]));
  const focused = document.activeElement;
  const last = {};
  for (const book of books) {
    const node = nodes.get(book.uid) ?? bound(book);
    nodes.delete(book.uid);
    if (node.dataset.secured !== String(book.secured)) node.dataset.secured = book.secured;
    const place = plan.querySelector(`[data-place="${book.place}"]`);
    const after = last[book.place] ? last[book.place].nextSibling : place?.firstChild;
    if (place && node !== after) place.insertBefore(node, after ?? null);
    last[book.place] = node;
    glide(node, from.get(book.uid));
  }
  for (const gone of nodes.values()) gone.remove();
  if (focused?.isConnected && document.activeElement !== focused) focused.focus();
  const pad = plan.querySelector('[data-place="pad"]');
  if (pad) pad.dataset.crowd = pad.children.length > 12;
}

function bound(book) {
  const node = document.getElementById("book-template").content.firstElementChild.cloneNode(true);
  const sum = [...book.item].reduce((total, c) => Math.imul(total ^ c.codePointAt(0), 0x01000193), 0x811c9dc5) >>> 8; // FNV-1a
  node.dataset.uid = book.uid;
  node.title = node.ariaLabel = book.title;
  node.querySelector(".title").textContent = book.title;
  node.style.setProperty("--cloth", CLOTHS[sum % CLOTHS.length]);
  node.style.setProperty("--tall", sum % 9);
  return node;
}

function glide(node, from) {
  if (!from) return;
  const to = node.getBoundingClientRect();
  const [x, y] = [from.left - to.left, from.top - to.top];
  if (Math.hypot(x, y) < 2 || matchMedia("(prefers-reduced-motion: reduce)").matches) return;
  node.animate([{ translate: `${x}px ${y}px` }, { translate: "0 0" }], { duration: 280, easing: "ease-out" });
}

function walk(way) {
  const unit = plan.clientWidth / 1200;
  const [from, to] = WALK[way].map((x) => `${(x - 22) * unit}px 0`);
  document.getElementById("walker").animate(
    [{ translate: from, opacity: 1 }, { translate: to, opacity: 1, offset: 0.95 }, { translate: to, opacity: 0 }],
    { duration: 1400, easing: "ease-in-out" },
  );
}

// ---------------------------------------------------------------- a person's hands
const dialog = document.getElementById("book");
let held = null;

function open(uid) {
  const book = state.books.find((each) => each.uid === uid);
  held = uid;
  document.getElementById("book-title").textContent = book.title;
  const shown = { ...book, afi: `${book.afi} · ${book.secured ? texts.secured : texts.lent}` };
  for (const node of dialog.querySelectorAll("[data-book]")) node.textContent = shown[node.dataset.book];
  for (const button of dialog.querySelectorAll("button[value]")) button.disabled = button.value === book.place;
  dialog.returnValue = "";
  dialog.showModal();
}

dialog.addEventListener("close", () => {
  if (dialog.returnValue) lay(held, dialog.returnValue);
});

function lay(uid, place) {
  return send(`/api/books/${uid}/place`, { place });
}

async function tap(face, scanner) {
  const { card, kind } = face.parentElement.dataset;
  if (await send(`/api/${kind}/${encodeURIComponent(card)}/tap`, { device: scanner })) beep(scanner);
}

function beep(scanner) {
  const reader = plan.querySelector(`[data-scanner="${scanner}"]`);
  reader?.classList.add("beep");
  reader?.addEventListener("animationend", () => reader.classList.remove("beep"), { once: true });
}

draggable(document, ".book", "[data-zone]", (book, zone) => lay(book.dataset.uid, zone.dataset.zone));
draggable(document, ".face", "[data-scanner]", (face, reader) => tap(face, reader.dataset.scanner));

document.addEventListener("click", async ({ target }) => {
  const button = target.closest("button");
  if (!button) return;
  if (button.matches(".book")) open(button.dataset.uid);
  if (button.dataset.cable) {
    send(`/api/devices/${button.dataset.cable}/plug`, { plugged: button.getAttribute("aria-checked") !== "true" });
  }
  if (button.dataset.post) {
    const body = JSON.parse(button.dataset.body ?? "{}");
    if ((await send(button.dataset.post, body)) && body.device) beep(body.device);
  }
});

handPanels(send);

// ---------------------------------------------------------------- live
draw(JSON.parse(document.getElementById("state").textContent));
const events = new EventSource("/events");
events.onmessage = ({ data }) => draw(JSON.parse(data));
events.onerror = () => toast(texts.offline);
