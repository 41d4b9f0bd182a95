export const root: string;
export function bundleSimulator(name?: string, tsconfig?: string): Promise<string>;
