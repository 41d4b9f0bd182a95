interface Target {
  readonly targetId: string;
  readonly type: string;
  readonly url: string;
}

/** The events of the DevTools protocol that the tests use; a topic is the name of one. */
export interface DevToolsEvents {
  'Page.frameNavigated': { readonly frame: { readonly url: string } };
  'Runtime.consoleAPICalled': { readonly type: string; readonly args: readonly { readonly value?: unknown }[] };
  'Target.targetCreated': { readonly targetInfo: Target };
}

/** Its methods, likewise. */
export interface DevToolsMethods {
  'Browser.getVersion': { params: undefined; result: { product: string; protocolVersion: string } };
  'Target.createTarget': { params: { url: string }; result: { targetId: string } };
  'Target.attachToTarget': { params: { targetId: string; flatten: true }; result: { sessionId: string } };
  'Page.navigate': { params: { url: string }; result: { frameId: string; loaderId?: string } };
  'Page.captureScreenshot': { params: { format: 'png' }; result: { data: string } };
  'Emulation.setDeviceMetricsOverride': {
    params: { width: number; height: number; deviceScaleFactor: number; mobile: boolean };
    result: object;
  };
  'Runtime.evaluate': {
    params: { expression: string; awaitPromise?: boolean };
    result: { result: { type: string; value?: unknown } };
  };
}
