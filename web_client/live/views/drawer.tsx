/** Questions and chat, beside the stage or as a sheet; for staff also the list of people. */
import { useEffect, useRef } from "preact/hooks";
import { closeDrawer, openDrawer } from "../actions";
import { columnStays } from "../column";
import { isStaff, openQuestions, unread } from "../derived";
import { store, type Tab } from "../store";
import { Chat } from "./chat";
import { ASK } from "./controls";
import { UrgentCard } from "./now-card";
import { People } from "./people";
import { Questions } from "./questions";

const LABELS: Readonly<Record<Tab, string>> = { questions: "Questions", chat: "Chat", people: "People" };

export function Drawer() {
  const box = useRef<HTMLElement>(null);
  useEffect(() => {
    // On a short page of staff the drawer is a part of what scrolls.
    if (isStaff.peek()) box.current?.scrollIntoView({ block: "nearest" });
    // Where there is no column beside the wall, staff have just opened the sheet: the keyboard goes there.
    if (isStaff.peek() && !columnStays.peek()) selectedTab(box.current)?.focus();
  }, []);
  const tab = store.drawer.value ?? "questions";
  const tabs: readonly Tab[] = isStaff.value ? ["questions", "chat", "people"] : ["questions", "chat"];
  return (
    <aside ref={box} class="drawer" aria-label="Questions and chat" data-returns={ASK}>
      <div class="tabs">
        <div class="tab-list" role="tablist" aria-label="Questions and chat">
          {tabs.map((one) => (
            <button
              key={one}
              type="button"
              role="tab"
              id={`tab-${one}`}
              aria-selected={one === tab}
              aria-controls="tab-panel"
              tabIndex={one === tab ? 0 : -1}
              onClick={() => openDrawer(one)}
              onKeyDown={(event) => stepThrough(event, tabs, one)}
            >
              {LABELS[one]}
              <TabCount tab={one} />
            </button>
          ))}
        </div>
        <button type="button" class="close" onClick={closeDrawer}>
          Close
        </button>
      </div>
      {!isStaff.value && <UrgentCard />}
      <div class="panel" role="tabpanel" id="tab-panel" aria-labelledby={`tab-${tab}`}>
        <h2 class="unseen">{LABELS[tab]}</h2>
        {tab === "questions" && <Questions />}
        {tab === "chat" && <Chat />}
        {tab === "people" && <People />}
      </div>
    </aside>
  );
}

const selectedTab = (drawer: HTMLElement | null) =>
  drawer?.querySelector<HTMLElement>('[role="tab"][aria-selected="true"]');

function TabCount({ tab }: { tab: Tab }) {
  if (tab === "chat" && unread.value > 0) return <> ({unread.value})</>;
  if (tab === "questions" && isStaff.value && openQuestions.value.length > 0) {
    return <> ({openQuestions.value.length})</>;
  }
  return null;
}

/** Arrow keys move between tabs, as screen reader users expect of a tab list. */
function stepThrough(event: KeyboardEvent, tabs: readonly Tab[], from: Tab): void {
  const step = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
  if (step === 0) return;
  const next = tabs[(tabs.indexOf(from) + step + tabs.length) % tabs.length];
  if (!next) return;
  openDrawer(next);
  document.getElementById(`tab-${next}`)?.focus();
}
