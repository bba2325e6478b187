/** Staff's column beside the wall. Where there is room it is always there; elsewhere it is a sheet that closes. */
import { computed } from "@preact/signals";
import { isStaff } from "./derived";
import { store } from "./store";

const STAYS_FROM_PX = 1000;

export const columnStays = computed(() => isStaff.value && store.room_px.value.width >= STAYS_FROM_PX);
