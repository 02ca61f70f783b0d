// What changes by itself on a page stands in #fresh: it is asked for again every two seconds, while the page is seen. What
// one types in stands outside of it. When the buttons are others (data-status), the whole page comes anew, unless one types.
const every_ms = 2000

function types() {
  const at = document.activeElement
  return at && /^(INPUT|TEXTAREA|SELECT)$/.test(at.tagName)
}

async function again() {
  const here = document.getElementById('fresh')
  if (!here || document.hidden) return
  const response = await fetch(location.href, {credentials: 'same-origin'})
  if (!response.ok || response.redirected) return
  const page = new DOMParser().parseFromString(await response.text(), 'text/html')
  const there = page.getElementById('fresh')
  if (!there) return
  if (here.dataset.status !== there.dataset.status && !types()) {
    location.reload()
    return
  }
  if (!here.contains(document.activeElement) && !here.isEqualNode(there)) here.replaceChildren(...there.childNodes)
}

setInterval(() => again().catch(() => {}), every_ms)
