import assert from "node:assert/strict"
import { readdirSync, readFileSync } from "node:fs"
import { describe, it } from "node:test"

/** Lower layers first; a file may import its own layer and lower ones. Features do not know each other. */
const layers = ["types", "lib", "hooks", "components", "features", "app"]

const files = readdirSync("src", { recursive: true }).filter((name) => /\.tsx?$/.test(name) && name.includes("/"))

function importsOf(name: string): readonly string[] {
  const text = readFileSync(`src/${name}`, "utf8")
  return [...text.matchAll(/from "(@\/[^"]+|\.[^"]*)"/g)].map(([, path]) => path as string)
}

describe("imports", () => {
  it("were found", () => assert.ok(files.length > 50, `${files.length} files`))

  for (const name of files) {
    const [layer = "", feature] = name.split("/")
    it(`of ${name} go down`, () => {
      for (const path of importsOf(name)) {
        const [, target = "", targetFeature] = path.split("/")
        assert.match(path, /^@\//, "imports are written from @/")
        assert.ok(layers.indexOf(target) <= layers.indexOf(layer), `${path}: ${layer} lies below ${target}`)
        if (layer === "features" && target === "features") assert.equal(targetFeature, feature, path)
      }
    })
  }
})
