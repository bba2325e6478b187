/** Where a patient is, with whom, and whom to ring: one line each, to be read aloud to an ambulance. */
import type { ComponentChildren } from "preact";
import { telephone } from "../words";

/** What is empty is not known, or there is none. */
export interface Where {
  readonly place: string;
  readonly with_whom: string;
  readonly phones: readonly string[];
  readonly emergency_name: string;
  readonly emergency_phone: string;
}

export function WhereList({ where }: { where: Where }) {
  const { place, with_whom, phones, emergency_name, emergency_phone } = where;
  return (
    <dl class="where-list">
      <Line term="Place today">{place || "Not known"}</Line>
      {phones.length > 0 && (
        <Line term="Phone">
          {phones.map((one) => (
            <Phone key={one} phone={one} />
          ))}
        </Line>
      )}
      <Line term="With them">{with_whom || (place ? "Nobody" : "Not known")}</Line>
      {(emergency_name || emergency_phone) && (
        <Line term="Emergency">
          {emergency_name} {emergency_phone && <Phone phone={emergency_phone} />}
        </Line>
      )}
    </dl>
  );
}

function Line({ term, children }: { term: string; children: ComponentChildren }) {
  return (
    <div>
      <dt>{term}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Phone({ phone }: { phone: string }) {
  return (
    <>
      <a href={telephone(phone)}>{phone}</a>{" "}
    </>
  );
}
