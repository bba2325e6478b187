/** Side rooms, as staff see them: the own one with its way back, and who of the others talks with whom. */
import { endAside } from "../staff-actions";
import { asideOthers, asideWithMe, leadsInstead, stageIsEmpty } from "../staff-derived";
import { store } from "../store";
import { Icon } from "./icons";

export function AsideCards() {
  const mine = asideWithMe.value;
  return (
    <div class="aside-cards" role="status">
      {mine && (
        <section class="help-card is-aside">
          <h2>You are talking in private with {mine.name}</h2>
          <p>
            Only you two see and hear each other. You still see the group, and do not hear them. {whoLeads()}
          </p>
          <div class="row">
            <button type="button" class="card-button is-call" onClick={() => void endAside()}>
              <Icon name="aside" />
              Back to the class
            </button>
          </div>
        </section>
      )}
      {asideOthers.value.map(({ staff, patient }) => (
        <section key={staff.id} class="help-card is-aside">
          <p>
            <b>{staff.name}</b> is talking in private with <b>{patient?.name ?? "a patient"}</b>.
            {mine === null && ` ${whoLeads()}`}
          </p>
        </section>
      ))}
      {mine === null && leadsInstead.value && (
        <section class="help-card is-aside">
          <h2>You lead the class now</h2>
          <p>The physio is not connected. When they come back, they lead again.</p>
        </section>
      )}
    </div>
  );
}

function whoLeads(): string {
  if (stageIsEmpty.value) return "Nobody is on the group’s stage: the group waits.";
  const presenter = store.facts.value?.presenter ?? "";
  if (presenter === store.me.value?.id) return "You are on the group’s stage.";
  const name = store.people.value.get(presenter)?.name;
  return name ? `${name} is on the group’s stage.` : "";
}
