import type { Candidate, Evidence } from "../types";
import { percent, say, sayIf } from "../words";
import { arrow, bits, strength, telling } from "./waterfall";

// All candidates side by side: a row for each kind of evidence, «nobody we know» at the end.
export function Compare({ candidates, nobody }: { candidates: Candidate[]; nobody: number | null }) {
    if (candidates.length < 2) return null;
    const fields = [...new Set(candidates.flatMap((one) => telling(one.evidence).map((step) => step.field)))];
    return (
        <details class="compare">
            <summary>{say("who.compare")}</summary>
            <div class="sideways" tabIndex={0} role="region" aria-label={say("who.compare")}>
                <table>
                    <thead>
                        <tr>
                            <th scope="col">{say("who.evidence")}</th>
                            {candidates.map((one) => <th scope="col" key={one.id}>{one.name ?? one.initials}<small>{one.ref}</small></th>)}
                            <th scope="col">{say("who.nobody.short")}</th>
                        </tr>
                    </thead>
                    <tbody>
                        {fields.map((field) => (
                            <tr key={field}>
                                <th scope="row">{sayIf(`field.${field}`, field)}</th>
                                {candidates.map((one) => <Cell key={one.id} steps={telling(one.evidence).filter((step) => step.field === field)} />)}
                                <td />
                            </tr>
                        ))}
                        <tr class="total">
                            <th scope="row">{say("evidence.sum")}</th>
                            {candidates.map((one) => <td key={one.id}>{one.state === "rejected" ? say("who.state.rejected") : percent(one.probability)}</td>)}
                            <td>{nobody === null ? "" : percent(nobody)}</td>
                        </tr>
                    </tbody>
                </table>
            </div>
        </details>
    );
}

function Cell({ steps }: { steps: Evidence[] }) {
    if (steps.length === 0) return <td class="none"><span class="sr">{say("evidence.nothing")}</span></td>;
    const weight = steps.reduce((sum, one) => sum + one.weight, 0);
    const size = Math.min(3, 1 + Math.floor(Math.abs(weight) / 4));
    const means = steps.map((one) => sayIf(`says.${one.says}`, one.field)).join(", ");
    return (
        <td class={weight < 0 ? "against" : "for"} title={`${means} · ${bits(weight)}`}>
            <span aria-hidden="true">{arrow(weight).repeat(size)}</span>
            <span class="sr">{say(strength(weight))}: {means}</span>
        </td>
    );
}
