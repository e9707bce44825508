/** As much of node's and jsdom's types as the tests use; Debian has no package of them that fits this node. */
declare module "node:test" {
  type Test = (name: string, run: () => void | Promise<void>) => void
  export const test: Test
  export const describe: (name: string, run: () => void) => void
  export const it: Test
  export const beforeEach: (run: () => void | Promise<void>) => void
  export const afterEach: (run: () => void | Promise<void>) => void
}

declare module "node:assert/strict" {
  const assert: {
    (value: unknown, message?: string): asserts value
    equal(actual: unknown, expected: unknown, message?: string): void
    deepEqual(actual: unknown, expected: unknown, message?: string): void
    ok(value: unknown, message?: string): asserts value
    match(text: string, pattern: RegExp, message?: string): void
    rejects(promise: Promise<unknown>, check?: (error: unknown) => boolean): Promise<void>
  }
  export default assert
}

declare module "node:fs" {
  export function readFileSync(path: string, encoding: "utf8"): string
  export function readdirSync(path: string, options: { recursive: boolean }): string[]
}

declare module "jsdom" {
  export class JSDOM {
    constructor(html: string, options: { url: string; pretendToBeVisual?: boolean })
    readonly window: Window & typeof globalThis & { close(): void }
  }
}

declare module "react-dom/test-utils" {
  export function act(run: () => void | Promise<void>): Promise<void>
}

declare function setImmediate(run: () => void): unknown
