// "New campaign": the preview follows what one types, by asking for the page that the button "Show what they read" gives; a
// field's button puts it where the cursor is.
const form = document.getElementById('campaign')
const pause_ms = 400
let timer, asked = 0

async function look() {
  const mine = ++asked
  const response = await fetch('/campaigns/new', {method: 'POST', credentials: 'same-origin', body: new URLSearchParams(new FormData(form))})
  if (!response.ok || mine !== asked) return
  const page = new DOMParser().parseFromString(await response.text(), 'text/html')
  const there = page.getElementById('preview')
  if (there) document.getElementById('preview').replaceChildren(...there.childNodes)
}

function soon() {
  clearTimeout(timer)
  timer = setTimeout(() => look().catch(() => {}), pause_ms)
}

function insert(field) {
  const text = document.getElementById('text')
  text.setRangeText('{{' + field + '}}', text.selectionStart, text.selectionEnd, 'end')
  text.focus()
  soon()
}

form.addEventListener('input', event => {
  if (event.target.id === 'gateway') form.querySelector('button[name=look]').click()
  else soon()
})
form.addEventListener('click', event => {
  const button = event.target.closest('button[name=insert]')
  if (!button || !document.getElementById('text')) return
  event.preventDefault()
  insert(button.value)
})
