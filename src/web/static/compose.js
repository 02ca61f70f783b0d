import {keepFocus} from './live.js'

// "New campaign": the preview follows what one types, by asking for the page that the button "Show what they read" gives; a
// field's button puts it where the cursor is. Another account may ask for other fields: the whole form is renewed.
const form = document.getElementById('campaign')
const pause_ms = 400
let timer, asked = 0
let chose = false, other = false // another list, another account, since the page was asked for last

async function look() {
  const mine = ++asked
  const response = await fetch('/campaigns/new', {method: 'POST', credentials: 'same-origin', body: new URLSearchParams(new FormData(form))})
  if (!response.ok || mine !== asked) return
  const page = new DOMParser().parseFromString(await response.text(), 'text/html')
  for (const id of other ? ['campaign'] : chose ? ['preview', 'texted'] : ['preview']) {
    const there = page.getElementById(id)
    if (there) keepFocus(() => document.getElementById(id)?.replaceChildren(...there.childNodes))
  }
  chose = other = false
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
  chose ||= event.target.id === 'audience'
  other ||= event.target.id === 'gateway'
  soon()
})
form.addEventListener('click', event => {
  const button = event.target.closest('button[name=insert]')
  if (!button || !document.getElementById('text')) return
  event.preventDefault()
  insert(button.value)
})
