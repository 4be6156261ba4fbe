/**
 * What scripts add to the pages: copy buttons, the reader's own time, and a harmless second press, which would replace the token with "this
 * link has been used". It is inlined and allowed by its hash, like the style.
 */
export const pageScript = `
'use strict';
let sent = false;
document.querySelector('form')?.addEventListener('submit', (event) => {
  if (sent) event.preventDefault();
  sent = true;
  setTimeout(() => { sent = false; }, 10000);
});

for (const time of document.querySelectorAll('time')) {
  const at = new Date(time.dateTime);
  const local = at.toLocaleString('en-GB', { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' });
  if (at.getTimezoneOffset()) time.after(' (' + local + ' your time)');
}

const status = document.getElementById('status');
let hiding;
function say(words) {
  clearTimeout(hiding);
  status.textContent = '';
  requestAnimationFrame(() => { status.textContent = words; });
  hiding = setTimeout(() => { status.textContent = ''; }, 6000);
}

function copySelected(source) {
  if (source.select) source.select();
  else getSelection().selectAllChildren(source);
  return document.execCommand('copy');
}

for (const button of document.querySelectorAll('[data-copy]')) {
  const source = document.getElementById(button.dataset.copy);
  button.hidden = false;
  button.addEventListener('click', async () => {
    let done = true;
    try {
      await navigator.clipboard.writeText(source.value ?? source.textContent);
    } catch {
      done = copySelected(source);
    }
    say(done ? 'Copied' : 'Selected: press Ctrl+C to copy');
  });
}
`;
