/** The width of the lines that the demo prints. */
export const WIDTH = 80;

/** Breaks a text into lines between its words. A word that is longer than a line is cut. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (let word of text.split(' ')) {
    if (line && line.length + 1 + word.length > width) {
      lines.push(line);
      line = '';
    }
    for (; word.length > width; word = word.slice(width)) lines.push(word.slice(0, width));
    line = line ? `${line} ${word}` : word;
  }
  return [...lines, line];
}
