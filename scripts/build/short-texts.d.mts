export const TEXTS: string;
export function shortTexts(link: string): string;
export function textsPage(): string;
