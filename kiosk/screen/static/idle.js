/* Turns the slides beside the welcome, slowly. A touch shows the next one and lets it stand for a while.
   Who wants less movement turns them by hand alone. */
(() => {
  "use strict"
  const TURN_MS = 12000
  const REST_MS = 60000
  const stage = document.getElementById("stage")
  const calm = matchMedia("(prefers-reduced-motion: reduce)")
  let turning = 0
  let shown = ""

  const slides = () => [...stage.querySelectorAll(".slide")]

  const show = (id) => {
    shown = id
    const dots = stage.querySelectorAll(".dots i")
    slides().forEach((slide, at) => {
      slide.classList.toggle("away", slide.id !== id)
      if (dots[at]) dots[at].classList.toggle("now", slide.id === id)
    })
  }

  const turn = (rest) => {
    const all = slides()
    if (!all.length) return
    show(all[(all.findIndex((slide) => slide.id === shown) + 1) % all.length].id)
    wait(rest)
  }

  const wait = (ms) => {
    clearTimeout(turning)
    if (slides().length > 1 && !calm.matches) turning = setTimeout(turn, ms, TURN_MS)
  }

  /* A page that comes anew goes on with the slide that was shown. */
  const begin = () => {
    const all = slides()
    if (all.length) show(all.some((slide) => slide.id === shown) ? shown : all[0].id)
    wait(TURN_MS)
  }

  stage.addEventListener("click", (event) => {
    if (event.target.closest("[data-turn]")) turn(REST_MS)
  })
  stage.addEventListener("htmx:sseMessage", begin)
  stage.addEventListener("htmx:afterSettle", begin)
})()
