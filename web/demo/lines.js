// A line of a list: a name, what is to be said of it, and buttons.

export function line(name, says, buttons) {
  const item = document.createElement('li')
  const [who, what] = ['strong', 'span'].map((tag) => document.createElement(tag))
  who.textContent = name
  what.textContent = says
  item.append(who, what, ...buttons.map(({ text, label, primary, does }) => {
    const button = document.createElement('button')
    button.type = 'button'
    button.textContent = text
    button.setAttribute('aria-label', label)
    if (primary) button.className = 'primary'
    button.addEventListener('click', does)
    return button
  }))
  return item
}
