export function referencePages(): Promise<{ readonly path: string; readonly text: string }[]>;
