/** Whether this person's call for help now is being sent, or is open. */
import { computed } from "@preact/signals";
import { myHelp } from "./derived";
import { store } from "./store";

export const helpNow = computed(() => store.helpSending.value === "now" || myHelp.value?.kind === "now");
