export function cacheFolder(environment?: Readonly<Record<string, string | undefined>>): string;
export function modelFolder(cacheDir: string, modelName: string): string;
