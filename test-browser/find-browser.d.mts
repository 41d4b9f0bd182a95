export type EngineName = 'chromium' | 'firefox';

export interface FoundBrowser {
  readonly path: string;
  readonly isOwn: boolean;
}

export declare const engineNames: readonly EngineName[];
export declare function debianPackageOf(name: EngineName): string;
export declare function findBrowser(name: EngineName): FoundBrowser | undefined;
