type Attributes = Readonly<Record<string, string>>;

/** Makes an element. */
export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

/** The element of the page with this id. */
export function byId(id: string): HTMLElement {
  const found = document.getElementById(id);
  if (!found) throw new Error(`The page has no element ${id}.`);
  return found;
}

/** A text on the page. It is written only if it changes. */
export class Cell {
  readonly node: HTMLElement;
  #text = '';
  #tone = '';

  constructor(node: HTMLElement) {
    this.node = node;
  }

  set(text: string): void {
    if (text === this.#text) return;
    this.#text = text;
    this.node.textContent = text;
  }

  /** How the text is coloured; the tones are in style/base.css. */
  setTone(tone: string): void {
    if (tone === this.#tone) return;
    this.#tone = tone;
    this.node.dataset.tone = tone;
  }
}
