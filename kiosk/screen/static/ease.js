/* What makes a page easier: targets of 15 mm, menus that stay open while the page behind them is new, and a page
   that is worked by keys alone (docs/everybody.md has the map). Holds nothing but which control has the focus. */
(() => {
  "use strict"
  const root = document.documentElement
  const stage = document.getElementById("stage")
  const TARGET_MM = 15
  const MM_PER_INCH = 25.4
  const CONTROLS = "button, input, select, [tabindex='0']"
  const DIGIT = /^[1-9]$/
  const ACROSS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }
  const ALONG = { "#": 1, "+": 1, "/": 1, "*": -1, "-": -1 }
  let before = {}

  /* ------------------------------------------------------------ the glass */
  const inch = Number(root.dataset.diagonalInch)
  if (inch) {
    const px = (TARGET_MM / MM_PER_INCH / inch) * Math.hypot(screen.width, screen.height)
    root.style.setProperty("--target", `${Math.max(64, Math.ceil(px))}px`)
  }

  /* ------------------------------------------------------------ what can be pressed */
  const menu = () => stage.querySelector(":popover-open")
  const line = () => stage.querySelector("[data-line] input")
  const types = (control) => control instanceof HTMLInputElement
  const controls = () => [...(menu() || stage).querySelectorAll(CONTROLS)].filter((one) => one.checkVisibility() && !one.disabled)
  const inBar = (one) => one.closest(".bar > *:not(:popover-open)") !== null
  const numbered = () => {
    const buttons = controls().filter((one) => one.matches("button:not([data-key])"))
    return [...buttons.filter((one) => !inBar(one)), ...buttons.filter(inBar)].slice(0, 9)
  }

  /* The numbers stand there once a key was used, until the screen is touched; not where digits are typed. */
  const number = () => {
    for (const one of stage.querySelectorAll("[data-number]")) delete one.dataset.number
    if ("keys" in root.dataset && !line()) numbered().forEach((one, at) => { one.dataset.number = at + 1 })
  }

  /* Words that are longer than their panel become smaller until they fit; what is touched keeps its size. */
  const SMALLER = [1, 0.93, 0.86, 0.79, 0.72]
  const spills = (panel) => panel.scrollHeight > panel.clientHeight + 1 || panel.scrollWidth > panel.clientWidth + 1
  const fit = (panel) => {
    const words = [...panel.children].filter((part) => !part.matches("button") && !part.querySelector("button"))
    for (const size of SMALLER) {
      for (const part of words) part.style.zoom = size
      if (!spills(panel)) return
    }
  }
  const fitAll = () => stage.querySelectorAll(".lead, .board, .parting").forEach(fit)
  addEventListener("resize", fitAll)

  /* ------------------------------------------------------------ pages that come and go */
  stage.addEventListener("htmx:sseBeforeMessage", () => {
    const open = menu()
    const held = document.activeElement
    before = { menu: open && open.id, scene: stage.firstElementChild && stage.firstElementChild.dataset.scene, held: held && held.id }
  })

  /* Chromium does not ask how long a line is (`@container`) anew when lines turn from across to down. */
  let down = false
  const turn = () => {
    const vertical = Boolean(stage.querySelector(":scope > .vertical"))
    if (vertical === down) return
    down = vertical
    stage.style.containerType = "normal"
    void stage.offsetHeight
    stage.style.containerType = ""
  }

  const settle = () => {
    const now = stage.firstElementChild
    turn()
    fitAll()
    const open = before.menu && now && now.dataset.scene === before.scene && document.getElementById(before.menu)
    if (open) open.showPopover()
    const held = before.held && document.getElementById(before.held)
    before = {}
    if (held && held.checkVisibility()) held.focus()
    else if ("keys" in root.dataset && !stage.contains(document.activeElement)) focus(line() || numbered()[0])
    number()
  }
  stage.addEventListener("htmx:sseMessage", settle)
  stage.addEventListener("htmx:afterSettle", number)
  stage.addEventListener("toggle", () => { if ("keys" in root.dataset) { focus(menu() && numbered()[0]); number() } }, true)

  /* ------------------------------------------------------------ by ear */
  /* Where a voice guides, the kiosk says what the keys have come to; what is passed by is not said. */
  const PASSED_MS = 200
  const NAMED = /^(?:do-|ease-)?([a-z0-9_-]+)$/
  let telling = 0

  const name = (control) => {
    const [, named] = NAMED.exec(control.id) || NAMED.exec((control.getAttribute("hx-post") || "").split("/").pop()) || []
    return { "open": "easier", "languages-open": "languages" }[named] || named
  }

  const tell = () => {
    clearTimeout(telling)
    telling = setTimeout(() => {
      const now = stage.firstElementChild
      const named = now && now.matches(".voice") && stage.contains(document.activeElement) && name(document.activeElement)
      if (named) htmx.ajax("POST", `${stage.getAttribute("sse-connect").replace("stream", "focus")}/${named}`, { source: now, swap: "none" })
    }, PASSED_MS)
  }

  /* ------------------------------------------------------------ keys */
  const focus = (control) => { if (control) control.focus({ focusVisible: true }) }

  const middle = (control) => {
    const box = control.getBoundingClientRect()
    return [box.x + box.width / 2, box.y + box.height / 2]
  }

  /* The nearest control on that side; what is off the line counts twice. */
  const across = (from, [right, down]) => {
    const [x, y] = middle(from)
    const far = (one) => {
      const [dx, dy] = [middle(one)[0] - x, middle(one)[1] - y]
      const ahead = dx * right + dy * down
      return ahead > 1 ? ahead + 2 * Math.abs(dx * down + dy * right) : Infinity
    }
    const [best] = controls().filter((one) => one !== from).map((one) => [far(one), one]).sort((a, b) => a[0] - b[0])
    return best && best[0] < Infinity ? best[1] : null
  }

  const along = (from, step) => {
    const all = controls()
    return all[(all.indexOf(from) + step + all.length) % all.length]
  }

  const scrolls = (control, [right, down]) => {
    const room = right ? control.scrollWidth - control.clientWidth : control.scrollHeight - control.clientHeight
    const at = Math.abs(right ? control.scrollLeft : control.scrollTop)
    return control.matches("[tabindex]") && (right + down > 0 ? at < room - 1 : at > 1 && room > 1)
  }

  const typed = (input, key) => {
    if (key === "*") {
      input.value = input.value.slice(0, -1)
      htmx.trigger(input.form, "typed")
    } else if (input.form.matches("[data-line]")) input.form.requestSubmit()
    else focus(along(input, 1))
  }

  /* True where the key was ours. */
  const press = (key, held) => {
    if (types(held)) {
      if (key === "*" || key === "#") return typed(held, key), true
      if (key !== "ArrowUp" && key !== "ArrowDown") return false
    }
    if (line() && /^[0-9]$/.test(key)) return focus(line()), false
    if (DIGIT.test(key)) {
      const one = numbered()[Number(key) - 1]
      return one && one.click(), true
    }
    if (key === "0") return held !== document.body && held.click(), true
    if (key === "Backspace") {
      const back = menu() || stage.querySelector("[data-back], #do-back")
      return back && (menu() ? back.hidePopover() : back.click()), true
    }
    if (!(key in ACROSS) && !(key in ALONG)) return false
    if (!stage.contains(held)) return focus(numbered()[0] || controls()[0]), true
    if (key in ACROSS && scrolls(held, ACROSS[key])) return false
    focus(key in ACROSS ? across(held, ACROSS[key]) : along(held, ALONG[key]))
    return true
  }

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return
    root.dataset.keys = ""
    const held = document.activeElement
    if (press(event.key, held)) event.preventDefault()
    number()
    setTimeout(() => { if (document.activeElement !== held) tell() })
  })
  document.addEventListener("pointerdown", () => {
    delete root.dataset.keys
    number()
  })
})()
