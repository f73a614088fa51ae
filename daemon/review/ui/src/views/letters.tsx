import { brandPath, get, post } from "../api";
import { Empty, When } from "../parts";
import { useRead, useShared } from "../state";
import type { Letter } from "../types";
import { say, sayIf } from "../words";

export function Letters() {
    const { news, fail, tell, refresh, brand } = useShared();
    const { value } = useRead(() => get<{ letters: Letter[] }>("/api/dead-letters"), [news.beat], fail);
    const rerun = async (letter: Letter) => {
        try {
            await post(`${brandPath(letter.brand)}/dead-letters/${letter.id}/rerun`);
            tell(say("act.done"));
            refresh();
        } catch (error) {
            fail(error);
        }
    };
    return (
        <section class="sheet wide">
            <h2>{say("letters.title")}</h2>
            <p class="hint">{say("letters.text")}</p>
            {value?.letters.length === 0 && <Empty title={say("letters.empty")} />}
            <ul class="letters">
                {value?.letters.map((one) => (
                    <li key={one.id}>
                        <p class="line">
                            <b>{sayIf(`letters.kind.${one.kind}`, one.kind)}</b>
                            <span class="dim">{[one.source, one.brand].filter(Boolean).join(" · ")} · <When time={one.at} zone={brand(one.brand)?.zone} /></span>
                            {one.kind === "post" && <button class="small" onClick={() => rerun(one)}>{say("letters.rerun")}</button>}
                        </p>
                        <p>{one.reason}</p>
                        {one.reference && <p class="dim">{one.reference}</p>}
                        {one.rerun_at && <p class="dim"><When time={one.rerun_at} zone={brand(one.brand)?.zone} words="letters.rerun_at" /></p>}
                    </li>
                ))}
            </ul>
        </section>
    );
}
