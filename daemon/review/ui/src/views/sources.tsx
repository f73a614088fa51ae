import { get } from "../api";
import { Empty, When } from "../parts";
import { useRead, useShared } from "../state";
import type { Source } from "../types";
import { at, number, percent, say, type Key } from "../words";

function health(source: Source): "ok" | "late" | "error" | "dead" | "off" {
    if (!source.active) return "off";
    if (source.dead_since) return "dead";
    if (source.last_error_at && (!source.last_ok_at || source.last_error_at > source.last_ok_at)) return "error";
    const quiet = source.last_ok_at ? Date.now() - Date.parse(source.last_ok_at) : Infinity;
    return quiet > 3600e3 ? "late" : "ok";
}

export function Sources() {
    const { news, fail, brand } = useShared();
    const { value } = useRead(() => get<{ sources: Source[] }>("/api/sources"), [news.beat], fail);
    return (
        <section class="sheet wide">
            <h2>{say("sources.title")}</h2>
            {value?.sources.length === 0 && <Empty title={say("sources.empty")} />}
            <div class="sources">
                {value?.sources.map((one) => <Card key={one.brand + one.name} source={one} zone={brand(one.brand)?.zone} />)}
            </div>
        </section>
    );
}

function Card({ source, zone }: { source: Source; zone: string | undefined }) {
    const state = health(source);
    return (
        <div class={`source ${state}`}>
            <p class="line"><b>{source.name}</b><span class="state">{say(`sources.${state}` as Key)}</span></p>
            <p class="dim">{source.kind} · {source.brand}</p>
            <dl>
                <dt>{say("sources.last_ok")}</dt><dd>{source.last_ok_at ? <When time={source.last_ok_at} zone={zone} /> : "—"}</dd>
                <dt>{say("sources.last_item")}</dt><dd>{source.last_item_at ? <When time={source.last_item_at} zone={zone} /> : "—"}</dd>
                <dt>{say("sources.posts")}</dt><dd>{number(source.posts)}</dd>
                {source.webhook_misses > 0 && <><dt>{say("sources.misses")}</dt><dd>{number(source.webhook_misses)}</dd></>}
            </dl>
            {state === "error" && <p class="wrong">{source.last_error}</p>}
            {source.dead_reason && <p class="wrong">{source.dead_reason}</p>}
            {source.blocked_until && Date.parse(source.blocked_until) > Date.now() && <p class="hint">{say("sources.blocked", { when: at(source.blocked_until, zone) })}</p>}
            {source.expires_at && <p class="hint"><When time={source.expires_at} zone={zone} words="sources.expires" /></p>}
            {source.used !== null && <p class="hint">{say("sources.budget", { p: percent(source.used) })}</p>}
            {source.gaps && source.gaps.length > 0 && (
                <details>
                    <summary>{say("sources.gaps")} ({source.gaps.length})</summary>
                    <ul>{source.gaps.map((gap) => <li>{at(gap.from, zone)} – {at(gap.to, zone)}: {gap.reason}</li>)}</ul>
                </details>
            )}
        </div>
    );
}
