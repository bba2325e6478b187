// Makes a part of the page as it now is on the server, with as little change as can be: what has the focus keeps
// it, and a screen reader stays where it is.

/** Makes `old` as `next`. Lists are followed by `data-key`, so that a line stays with its person. */
export function morph(old: Element, next: Element): void {
  const focused = document.activeElement;
  follow(old, next);
  if (focused instanceof HTMLElement && focused !== document.activeElement && focused.isConnected) {
    focused.focus({ preventScroll: true }); // it was moved, and moving takes the focus away
  }
}

function follow(old: Element, next: Element): void {
  for (const { name, value } of next.attributes) {
    if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  }
  for (const { name } of [...old.attributes]) {
    if (!next.hasAttribute(name) && !isOfScript(name)) old.removeAttribute(name);
  }
  let at = old.firstChild;
  for (const wanted of [...next.childNodes]) {
    const found = matching(at, wanted);
    if (found === null) {
      old.insertBefore(document.importNode(wanted, true), at);
      continue;
    }
    if (found === at) at = at.nextSibling;
    else old.insertBefore(found, at);
    if (found instanceof Element && wanted instanceof Element) follow(found, wanted);
    else if (found.nodeValue !== wanted.nodeValue) found.nodeValue = wanted.nodeValue;
  }
  while (at !== null) {
    const gone = at;
    at = at.nextSibling;
    gone.remove();
  }
}

/** What the NHS frontend's scripts have noted on an element that they look after. */
function isOfScript(name: string): boolean {
  return name.startsWith("data-nhsuk-") && name.endsWith("-init");
}

/** The same thing among what is still there: by its key, else the next of the same kind without one. */
function matching(from: ChildNode | null, wanted: ChildNode): ChildNode | null {
  const key = keyOf(wanted);
  for (let one = from; one !== null; one = one.nextSibling) {
    if (one.nodeName === wanted.nodeName && keyOf(one) === key) return one;
    if (key === null && one.nodeType === Node.ELEMENT_NODE && keyOf(one) === null) return null;
  }
  return null;
}

function keyOf(one: Node): string | null {
  return one instanceof Element ? one.getAttribute("data-key") : null;
}
