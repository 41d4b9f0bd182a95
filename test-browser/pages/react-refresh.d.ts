/** What a bundler calls for Fast Refresh. */
declare module 'react-refresh/runtime' {
  type ComponentType = (props: never) => unknown;
  export function injectIntoGlobalHook(scope: object): void;
  export function register(type: ComponentType, id: string): void;
  export function createSignatureFunctionForTransform(): (
    type?: ComponentType,
    key?: string,
    forceReset?: boolean,
    getCustomHooks?: () => readonly unknown[],
  ) => unknown;
  export function performReactRefresh(): unknown;
}
