/** Cards that staff send: where else there is help. They stay on the person's own page. */
import { closeDialog, openDialog } from "../actions";
import { cardsRead, markRead } from "../cards-read";
import { piecesOf } from "../links";
import type { CardView } from "../protocol";
import { store } from "../store";
import { telephone } from "../words";
import { Dialog } from "./dialog";
import { Icon } from "./icons";

/** What has not been read is shown beside the stage. */
export const unreadCard = (): CardView | null =>
  store.facts.value?.cards.find((one) => !cardsRead.value.has(one.id)) ?? null;

export function NewCard({ card }: { card: CardView }) {
  return (
    <div class="card is-pulse">
      <p>
        <span class="second">{card.sent_by_name} has sent you a card</span>
        <b class="what">{card.title}</b>
      </p>
      <button type="button" class="small-button is-first" onClick={() => openDialog("cards")}>
        Read it
      </button>
    </div>
  );
}

export function CardsDialog() {
  const cards = [...(store.facts.value?.cards ?? [])].reverse();
  const close = () => {
    markRead(cards.map((one) => one.id));
    closeDialog();
  };
  return (
    <Dialog title={cards.length === 1 ? "A card from staff" : "Cards from staff"} readFirst>
      {cards.map((card) => (
        <section key={card.id} class="help-elsewhere">
          <h3>{card.title}</h3>
          <p>{card.words}</p>
          {card.phone && (
            <p>
              <a class="card-phone" href={telephone(card.phone)}>
                <Icon name="phone" /> {card.phone}
              </a>
            </p>
          )}
          {card.address && <Address address={card.address} />}
        </section>
      ))}
      <p>You find {cards.length === 1 ? "this card" : "these cards"} on your own page after class, too.</p>
      <button type="button" class="big" onClick={close}>
        <span>Back to class</span>
      </button>
    </Dialog>
  );
}

function Address({ address }: { address: string }) {
  const [link] = piecesOf(address);
  if (link?.kind !== "link") return null;
  return (
    <p>
      <a href={link.href} target="_blank" rel="noopener noreferrer">
        {link.host}
        <span class="unseen"> (opens in a new window)</span>
      </a>
    </p>
  );
}
