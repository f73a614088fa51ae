// Writes every file below DIST into one C++ source: node embed.mjs DIST OUT
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const [dist, out] = process.argv.slice(2);

function files(folder, prefix = "") {
    return readdirSync(join(dist, folder)).sort().flatMap((name) => {
        const path = join(folder, name);
        return statSync(join(dist, path)).isDirectory() ? files(path, `${prefix}${name}/`) : [`${prefix}${name}`];
    });
}

// Octal escapes of three digits end by themselves, whatever follows; lines stay short.
function literal(bytes) {
    const lines = [];
    for (let at = 0; at < bytes.length; at += 100) {
        let line = "";
        for (const byte of bytes.subarray(at, at + 100)) {
            const plain = byte >= 32 && byte < 127 && byte !== 34 && byte !== 92 && byte !== 63;
            line += plain ? String.fromCharCode(byte) : `\\${byte.toString(8).padStart(3, "0")}`;
        }
        lines.push(`        "${line}"`);
    }
    return lines.join("\n") || '        ""';
}

const entries = files("").map((path) => {
    const bytes = readFileSync(join(dist, path));
    return `    all.push_back({"${path}", std::string_view(\n${literal(bytes)},\n        ${bytes.length})});\n`;
});
writeFileSync(out, `// Made by the build from the files of daemon/review/ui/.
#include "daemon/review/page.h"

namespace larum::review {

std::vector<Asset> page_assets() {
    std::vector<Asset> all;
${entries.join("")}    return all;
}

} // namespace larum::review
`);
