export declare function startPage(port?: number): Promise<{ url: string; drop(): void; close(): Promise<void> }>;
