/** 64 bits of a text as hexadecimal digits: two FNV-1a hashes with different starts. For comparing, not for secrets. */
export function digestOf(text: string): string {
  return [0x811c9dc5, 0x9e3779b9].map((start) => fnv1a(text, start).toString(16).padStart(8, '0')).join('');
}

function fnv1a(text: string, start: number): number {
  let hash = start;
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return hash >>> 0;
}
