/* What the pushed page cannot do itself: count seconds, make a sound, keep the place in the list,
   speak to a screen reader, and say when the connection is gone. Holds nothing once the page has changed. */
(() => {
  "use strict"
  const stage = document.getElementById("stage")
  const said = document.getElementById("said")
  const sounds = { good: new Audio("/sound/good.wav"), attention: new Audio("/sound/attention.wav") }
  const STEP_MS = 200
  let before = null
  let counting = 0

  const BEHIND = /class="page (?:welcome|account)[^>]*data-scene="(?:idle|account)"/
  const SEARCH_MS = 45000
  let searchEnds = 0

  const link = (state) => { document.body.dataset.link = state }
  const page = () => document.getElementById("page")

  /* Whoever looks for a book types on the screen; a card or a book ends it, and so does silence. Nothing typed stays. */
  const searching = () => page() && page().dataset.scene === "catalogue"

  const back = () => {
    clearTimeout(searchEnds)
    if (searching()) htmx.ajax("GET", `/${page().dataset.place}/now`, { target: "#stage", swap: "innerHTML" })
  }

  const goOn = () => {
    clearTimeout(searchEnds)
    if (searching()) searchEnds = setTimeout(back, page().classList.contains("elder") ? 2 * SEARCH_MS : SEARCH_MS)
  }

  /* A search goes on before a new welcome, or a new account, of the same visit. */
  const behind = (html) => {
    if (!searching() || !BEHIND.test(html)) return null
    const drawn = document.createElement("template")
    drawn.innerHTML = html
    const now = drawn.content.firstElementChild
    return now.getAttribute("hx-vals") === page().getAttribute("hx-vals") ? now : null
  }

  /* In another language or mode it is drawn again as that page is. */
  const MANNERS = ["elder", "contrast", "voice"]
  const redraw = (now) => {
    const same = MANNERS.every((mode) => now.classList.contains(mode) === page().classList.contains(mode))
    if (same && now.lang === page().lang) return
    htmx.ajax("GET", `/${page().dataset.place}/catalogue/${now.lang}`, { target: "#stage", swap: "innerHTML" })
  }

  /* Who types, reads or goes round by keys is there: the kiosk hears of it, now and then. */
  const STAYS_MS = 5000
  let stayed = -STAYS_MS

  const stay = () => {
    if (!(searching() || stage.querySelector("[data-line], [data-leaf], [data-keys] .lead")) || performance.now() - stayed < STAYS_MS) return
    stayed = performance.now()
    htmx.ajax("POST", "/touch/more_time", { source: page(), swap: "none" })
  }

  const typing = () => stage.querySelector("[data-line]")

  const press = (key) => {
    const line = typing() ? typing().elements.text : stage.querySelector("[name=said]")
    if (key === "clear") line.value = ""
    else if (key === "delete") line.value = line.value.slice(0, -1)
    else if (line.value.length < line.maxLength) line.value += key
    htmx.trigger(line.form, "typed")
  }

  stage.addEventListener("click", (event) => {
    const button = event.target.closest("button")
    if (button && button.dataset.key) press(button.dataset.key)
    if (button && ("back" in button.dataset || button.id === "do-help")) back()
  })
  for (const sign of ["pointerdown", "keydown", "scroll"]) {
    stage.addEventListener(sign, goOn, true)
    stage.addEventListener(sign, stay, true)
  }
  stage.addEventListener("htmx:beforeSend", (event) => {
    if (event.target === typing()) event.target.reset()
  })
  stage.addEventListener("htmx:afterSettle", goOn)

  /* The page that is about to go: its cues, its books, how far the list was scrolled. */
  stage.addEventListener("htmx:sseBeforeMessage", (event) => {
    const old = page()
    const next = behind(event.detail.data)
    if (next) {
      event.preventDefault()
      return redraw(next)
    }
    const rows = old && old.querySelector(".rows")
    before = old && {
      good: Number(old.dataset.good),
      attention: Number(old.dataset.attention),
      keys: new Set([...old.querySelectorAll(".row")].map((row) => row.dataset.key)),
      scrolled: rows ? rows.scrollTop : 0,
      line: typing() && typing().dataset.line,
      text: typing() ? typing().elements.text.value : "",
      read: stage.querySelector("[data-leaf]") ? stage.querySelector("[data-leaf]").scrollTop : 0,
    }
  })

  stage.addEventListener("htmx:sseMessage", () => {
    const now = page()
    if (now.dataset.build !== document.documentElement.dataset.build) return location.reload()
    link("up")
    tell(now)
    if (before) {
      arrive(now, before)
      resume(before)
      sound(now, before)
    }
    before = null
    count(now.querySelector(".ring"))
  })

  const tell = (now) => {
    document.documentElement.lang = now.lang
    said.lang = now.lang
    if (said.textContent !== now.dataset.say) said.textContent = now.dataset.say
  }

  /* Books that were not there before come in from above; without any, the list stays where it was. */
  const arrive = (now, before) => {
    const fresh = [...now.querySelectorAll(".row")].filter((row) => !before.keys.has(row.dataset.key))
    fresh.forEach((row) => row.classList.add("fresh"))
    const rows = now.querySelector(".rows")
    if (rows && !fresh.length) rows.scrollTop = before.scrolled
  }

  /* What was typed stays where the same is still asked for, and a text where it was read to. */
  const resume = (before) => {
    const leaf = stage.querySelector("[data-leaf]")
    if (leaf) leaf.scrollTop = before.read
    if (!typing()) return
    if (typing().dataset.line === before.line) typing().elements.text.value = before.text
    typing().elements.text.focus()
  }

  const sound = (now, before) => {
    const cue = ["attention", "good"].find((name) => Number(now.dataset[name]) > before[name])
    if (!cue) return
    sounds[cue].currentTime = 0
    sounds[cue].play().catch(() => {}) /* a browser may forbid sound before the first touch */
  }

  /* The ring and its seconds, from the milliseconds that were left when the page was drawn. */
  const count = (ring) => {
    clearInterval(counting)
    if (!ring) return
    const end = performance.now() + Number(ring.dataset.leftMs)
    const step = () => {
      const left = Math.max(end - performance.now(), 0)
      ring.style.setProperty("--rest", (100 * left) / Number(ring.dataset.wholeMs))
      ring.querySelector("[data-seconds]").textContent = Math.ceil(left / 1000)
    }
    step()
    counting = setInterval(step, STEP_MS)
  }

  /* A screen without its kiosk shows nobody's books. The event source comes back by itself. */
  stage.addEventListener("htmx:sseError", () => {
    clearInterval(counting)
    before = null
    stage.replaceChildren()
    said.textContent = ""
    link("lost")
  })

  document.addEventListener("contextmenu", (event) => event.preventDefault())
})()
