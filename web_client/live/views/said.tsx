/** A sentence in which the service's phone number, wherever it is said, can be pressed. */
import { Fragment } from "preact";
import { store } from "../store";
import { telephone } from "../words";

export function Said({ text }: { text: string }) {
  const phone = store.config.value.service_phone;
  if (!phone) return <>{text}</>;
  return (
    <>
      {text.split(phone).map((part, at) => (
        <Fragment key={at}>
          {at > 0 && <a href={telephone(phone)}>{phone}</a>}
          {part}
        </Fragment>
      ))}
    </>
  );
}
