// Bundles src into dist with esbuild, writes index.html from the names it chose, and holds the bundle to its size budget.
import { execFileSync } from "node:child_process"
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs"
import { basename, dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import { brotliCompressSync, gzipSync } from "node:zlib"

/** What a first visit may download as JavaScript, gzip level 9, in bytes. */
const scriptBudget = 80 * 1024

const root = join(dirname(fileURLToPath(import.meta.url)), "..")
const dist = join(root, "dist")
process.chdir(root)

rmSync(dist, { recursive: true, force: true })
mkdirSync(dist, { recursive: true })
mkdirSync("build", { recursive: true })

execFileSync(
  "esbuild",
  [
    "src/main.tsx",
    "src/styles/app.css",
    "--bundle",
    "--minify",
    "--format=esm",
    "--target=es2022",
    "--jsx=automatic",
    '--define:process.env.NODE_ENV="production"',
    "--sourcemap=linked",
    "--legal-comments=linked",
    "--splitting",
    "--outbase=src",
    "--entry-names=assets/[name]-[hash]",
    "--chunk-names=assets/[name]-[hash]",
    "--asset-names=assets/[name]-[hash]",
    "--loader:.woff2=file",
    "--metafile=build/meta.json",
    "--tsconfig=tsconfig.build.json",
    "--log-level=warning",
    "--outdir=dist",
  ],
  // Without NODE_PATH esbuild does not find Debian's packages.
  { stdio: "inherit", env: { ...process.env, NODE_PATH: "/usr/share/nodejs" } },
)

const outputs = JSON.parse(readFileSync("build/meta.json", "utf8")).outputs
const outputOf = (entryPoint) => {
  const found = Object.entries(outputs).find(([, output]) => output.entryPoint === entryPoint)
  if (!found) throw new Error(`esbuild wrote nothing for ${entryPoint}`)
  return found[0].replace(/^dist\//, "/")
}
const script = outputOf("src/main.tsx")
const style = outputOf("src/styles/app.css")
const font = Object.keys(outputs).find((name) => /regular-[^/]*\.woff2$/.test(name))

const page = readFileSync("src/index.html", "utf8")
  .replace("{{script}}", script)
  .replace("{{style}}", style)
  .replace("{{font}}", font.replace(/^dist\//, "/"))
writeFileSync(join(dist, "index.html"), page)
copyFileSync("src/favicon.svg", join(dist, "favicon.svg"))
copyFileSync("NOTICE", join(dist, "NOTICE"))

compress(dist)

const first = firstScripts(script)
let scriptBytes = 0
for (const name of readdirSync(join(dist, "assets")).sort()) {
  if (!/\.(js|css|woff2)$/.test(name)) continue
  const path = join(dist, "assets", name)
  const packed = gzipSync(readFileSync(path), { level: 9 }).length
  if (first.has(name)) scriptBytes += packed
  console.log(`${basename(name).padEnd(44)} ${kilobytes(statSync(path).size)} KB ${kilobytes(packed)} KB gzip`)
}
console.log(`${"JavaScript of a first visit".padEnd(58)}${kilobytes(scriptBytes)} KB gzip (budget ${kilobytes(scriptBudget)})`)
if (scriptBytes > scriptBudget) {
  console.error("The JavaScript is over its budget.")
  process.exit(1)
}

/** The names of a script and of all that it imports before it runs; what is only imported when it is needed is left out. */
function firstScripts(path) {
  const names = new Set()
  const take = (output) => {
    if (names.has(basename(output))) return
    names.add(basename(output))
    for (const each of outputs[output].imports) if (each.kind === "import-statement") take(each.path)
  }
  take(`dist${path}`)
  return names
}

/** Writes the forms beside each text file that a server may send as they are. */
function compress(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) compress(path)
    else if (/\.(html|js|css|svg|txt)$/.test(entry.name)) {
      const bytes = readFileSync(path)
      writeFileSync(`${path}.gz`, gzipSync(bytes, { level: 9 }))
      writeFileSync(`${path}.br`, brotliCompressSync(bytes))
    }
  }
}

function kilobytes(bytes) {
  return (bytes / 1024).toFixed(1).padStart(6)
}
