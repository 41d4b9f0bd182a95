/** The params of a method: of `{ params, result }`, or of a function type. */
type ParamsOf<M> = M extends (params: infer P) => unknown ? P : M extends { params: infer P } ? P : unknown;

/** The result of a method. */
export type ResultOf<M> = M extends (...args: never[]) => infer R
  ? Awaited<R>
  : M extends { result: infer R }
    ? R
    : unknown;

/** What else the protocol wants beside `method` and `params`, such as a session: the member `beside` of the method's type. */
type BesideOf<M> = M extends { beside: infer B } ? B : unknown;

/**
 * The payload of a typed request: `{ method, params }`. `params` may be left out if they may be undefined.
 * A member of any other name does not compile.
 */
export type MethodCall<Methods, M extends keyof Methods> = BesideOf<Methods[M]> &
  (undefined extends ParamsOf<Methods[M]>
    ? { readonly method: M; readonly params?: ParamsOf<Methods[M]> }
    : { readonly method: M; readonly params: ParamsOf<Methods[M]> });

/** The same on a wire whose requests are `{ op, args }`. */
export type OperationCall<Methods, M extends keyof Methods> = BesideOf<Methods[M]> &
  (undefined extends ParamsOf<Methods[M]>
    ? { readonly op: M; readonly args?: ParamsOf<Methods[M]> }
    : { readonly op: M; readonly args: ParamsOf<Methods[M]> });

/** With typed methods, a payload with a `method` or an `op` is a `MethodCall` or an `OperationCall`, unless the call says `request<T>(…)`. */
export type UntypedPayload<Methods, T> = string extends keyof Methods
  ? unknown
  : unknown extends T
    ? { readonly method?: undefined; readonly op?: undefined } | string | number | boolean | null | readonly unknown[]
    : unknown;
