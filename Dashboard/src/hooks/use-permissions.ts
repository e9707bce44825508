import { useSyncExternalStore } from "react"
import { useServices } from "@/hooks/use-services"
import type { Permission } from "@/types/api"

const none: readonly Permission[] = []

/** What whoever is signed in may do, as the server says. It refuses the rest in any case: this only keeps from offering what cannot be done. */
export function usePermissions(): (permission: Permission) => boolean {
  const { session } = useServices()
  const read = () => (session.state.status === "signed-in" ? session.state.permissions : none)
  const permissions = useSyncExternalStore(session.subscribe, read, read)
  return (permission) => permissions.includes(permission)
}
