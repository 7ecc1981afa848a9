// Dragging by pointer events, for mouse, pen and finger alike.

const FAR = 6; // pixels before a press becomes a drag

/** What matches `things` under `root` can be dropped on what matches `zones`; then `drop(thing, zone)` is called. */
export function draggable(root, things, zones, drop) {
  root.addEventListener("pointerdown", (down) => {
    const thing = down.target.closest(things);
    if (thing && down.isPrimary && down.button === 0) new Drag(thing, down, zones, drop);
  });
}

class Drag {
  constructor(thing, down, zones, drop) {
    Object.assign(this, { thing, zones, drop, ghost: null, zone: null, x: down.clientX, y: down.clientY });
    this.over = new AbortController();
    const listen = (name, act) => document.addEventListener(name, act, { signal: this.over.signal });
    listen("pointermove", (move) => this.move(move));
    listen("pointerup", () => this.end(true));
    listen("pointercancel", () => this.end(false));
    listen("keydown", (key) => { if (key.key === "Escape") this.end(false); });
  }

  move({ clientX, clientY }) {
    if (!this.ghost) {
      if (Math.hypot(clientX - this.x, clientY - this.y) < FAR) return;
      this.lift();
    }
    this.ghost.style.translate = `${clientX - this.x}px ${clientY - this.y}px`;
    const zone = document.elementFromPoint(clientX, clientY)?.closest(this.zones) ?? null;
    if (zone === this.zone) return;
    this.zone?.classList.remove("over");
    zone?.classList.add("over");
    this.zone = zone;
  }

  lift() {
    const box = this.thing.getBoundingClientRect();
    const ghost = this.thing.cloneNode(true);
    ghost.classList.add("ghost");
    Object.assign(ghost.style, { left: 0, top: 0, width: `${box.width}px`, height: `${box.height}px`, rotate: "none" });
    this.thing.parentElement.append(ghost); // beside it, so that the same rules dress it
    const origin = ghost.getBoundingClientRect();
    Object.assign(ghost.style, { left: `${box.left - origin.left}px`, top: `${box.top - origin.top}px`, rotate: "" });
    this.thing.classList.add("dragging");
    this.ghost = ghost;
  }

  end(dropped) {
    this.over.abort();
    if (!this.ghost) return;
    this.ghost.remove();
    this.thing.classList.remove("dragging");
    this.zone?.classList.remove("over");
    swallowClick();
    if (dropped && this.zone) this.drop(this.thing, this.zone);
  }
}

/** A drag is no click, though the browser may send one right behind it. */
function swallowClick() {
  const over = new AbortController();
  document.addEventListener("click", (click) => click.stopPropagation(), { capture: true, signal: over.signal });
  setTimeout(() => over.abort(), 50);
}
