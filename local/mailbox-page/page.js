const refreshMs = 1500;
const byId = (id) => document.getElementById(id);

let mails = [];
/** The mail that somebody chose; none while the newest is shown. */
let chosen;
let shown;

const clock = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'short',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
});
const timeOf = ({ at }) => clock.format(new Date(at * 1000));

function itemOf(mail, current) {
  const button = document.createElement('button');
  button.type = 'button';
  button.setAttribute('aria-current', String(mail.messageId === current?.messageId));
  const about = document.createElement('small');
  about.textContent = `${mail.destination.to.join(', ')} · ${timeOf(mail)}`;
  button.append(mail.subject, about);
  button.addEventListener('click', () => {
    chosen = mail.messageId === mails[0]?.messageId ? undefined : mail.messageId;
    render();
  });
  const item = document.createElement('li');
  item.append(button);
  return item;
}

/** The text, with links that open a new tab. */
function linked(text) {
  return text.split(/(https?:\/\/[^\s<>"]*[^\s<>".,;:!?)])/).map((part, index) => {
    if (index % 2 === 0) return part;
    return Object.assign(document.createElement('a'), {
      href: part,
      textContent: part,
      target: '_blank',
      rel: 'noopener noreferrer',
    });
  });
}

function show(mail) {
  if (mail.messageId === shown) return;
  shown = mail.messageId;
  byId('subject').textContent = mail.subject;
  byId('from').textContent = mail.from;
  byId('to').textContent = mail.destination.to.join(', ');
  byId('answers').hidden = mail.replyTo.length === 0;
  byId('reply-to').textContent = mail.replyTo.join(', ');
  byId('at').textContent = timeOf(mail);
  byId('at').dateTime = new Date(mail.at * 1000).toISOString();
  byId('text').replaceChildren(...linked(mail.body.text ?? ''));
  // The pages of mongogrant refuse frames, so the links of a mail open a new tab. The frame runs no scripts.
  byId('html').srcdoc = `<base target="_blank">${mail.body.html ?? ''}`;
}

function render() {
  const current = mails.find(({ messageId }) => messageId === chosen) ?? mails[0];
  const focused = [...byId('list').children].indexOf(document.activeElement?.closest('li'));
  byId('list').replaceChildren(...mails.map((mail) => itemOf(mail, current)));
  byId('list').children[focused]?.firstChild.focus();
  byId('none').hidden = Boolean(current);
  byId('mail').hidden = !current;
  if (current) show(current);
}

function view(asText) {
  byId('html').hidden = asText;
  byId('text').hidden = !asText;
  byId('as-html').setAttribute('aria-pressed', String(!asText));
  byId('as-text').setAttribute('aria-pressed', String(asText));
}
byId('as-html').addEventListener('click', () => view(false));
byId('as-text').addEventListener('click', () => view(true));

async function refresh() {
  const answer = await fetch('/store');
  const { emails } = await answer.json();
  const newest = emails.toReversed();
  if (newest.length === mails.length && newest[0]?.messageId === mails[0]?.messageId) return;
  mails = newest;
  render();
}

async function keepFresh() {
  try {
    await refresh();
    byId('status').textContent = '';
  } catch {
    byId('status').textContent = 'The service does not answer. Start it again with npm start.';
  }
  setTimeout(keepFresh, refreshMs);
}
keepFresh();
