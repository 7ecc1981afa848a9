// Surroundings, lights and the printer: what stands beside books, cards and door.

const every = (name, act) => document.querySelectorAll(`[data-${name}]`).forEach((node) => act(node, node.dataset[name]));

export function drawPanels({ devices, points, outputs, printer, heard }) {
  for (const { name, lamp } of devices) document.querySelector(`[data-lamp="${name}"]`)?.setAttribute("class", lamp);
  const seen = Object.fromEntries(points.map((point) => [point.name, point]));
  every("value", (input, name) => { if (document.activeElement !== input) input.value = seen[name].value; });
  every("contact", (button, name) => button.setAttribute("aria-checked", seen[name].active));
  every("output", (lamp, name) => lamp.classList.toggle("on", outputs[name]));
  if (printer) drawPrinter(printer);
  if (heard) drawHeard(heard);
}

function drawHeard(heard) {
  document.getElementById("heard").replaceChildren(...heard.map(({ prompt, language }) => {
    const line = document.createElement("li");
    line.textContent = `${prompt} · ${language}`;
    return line;
  }));
}

function drawPrinter(printer) {
  every("paper", (button, paper) => button.setAttribute("aria-pressed", paper === printer.paper));
  every("printer", (button, part) => button.setAttribute("aria-checked", printer[part]));
  const paper = document.getElementById("paper");
  paper.hidden = printer.printed === 0;
  if (paper.dataset.printed === String(printer.printed)) return;
  paper.dataset.printed = printer.printed;
  paper.alt = printer.text.join("\n");
  if (printer.printed) paper.src = `/paper.png?printed=${printer.printed}`;
}

export function handPanels(send) {
  document.addEventListener("submit", (event) => {
    const { keys: device } = event.target.dataset;
    if (!device) return;
    event.preventDefault();
    send(`/api/devices/${device}/keys`, { keys: event.target.elements.keys.value });
    event.target.reset();
  });
  document.addEventListener("change", ({ target }) => {
    if (target.dataset.value) send(`/api/points/${target.dataset.value}`, { value: Number(target.value) });
  });
  document.addEventListener("click", ({ target }) => {
    const button = target.closest("button");
    const on = button?.getAttribute("aria-checked") !== "true";
    if (button?.dataset.contact) send(`/api/points/${button.dataset.contact}`, { active: on });
    if (button?.dataset.printer === "open") send("/api/printer/cover", { open: on });
    if (button?.dataset.printer === "jammed") send("/api/printer/knife", { jammed: on });
  });
}
