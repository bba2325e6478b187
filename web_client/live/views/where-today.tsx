/** Where a patient is today and whom to ring, as told at check-in: for when something has happened. */
import { checkInOf } from "../derived";
import { telephone } from "../words";

export function WhereToday({ id }: { id: string }) {
  const today = checkInOf(id);
  if (today === null) return null;
  const { place, with_whom, phone, emergency_name, emergency_phone } = today;
  return (
    <p>
      {place ? `Today at ${place}. ${with_whom ? `With ${with_whom}.` : "Alone."}` : "Place not known."}
      {phone && (
        <>
          {" "}
          Phone: <a href={telephone(phone)}>{phone}</a>.
        </>
      )}
      {(emergency_name || emergency_phone) && (
        <>
          {" "}
          In an emergency: {emergency_name}
          {emergency_phone && (
            <>
              {emergency_name && ", "}
              <a href={telephone(emergency_phone)}>{emergency_phone}</a>
            </>
          )}
          .
        </>
      )}
    </p>
  );
}
