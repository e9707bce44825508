import { createContext, useContext } from "react"
import type { ApiClient } from "@/lib/api-client"
import type { Hotkeys } from "@/lib/hotkeys"
import type { QueryCache } from "@/lib/query-cache"
import type { Router } from "@/lib/router"
import type { Session } from "@/lib/session"
import type { StreamClient } from "@/lib/stream-client"

/** What the composition root made and every component may use. */
export interface Services {
  readonly api: ApiClient
  readonly cache: QueryCache
  readonly router: Router
  readonly session: Session
  readonly stream: StreamClient
  readonly hotkeys: Hotkeys
}

export const ServicesContext = createContext<Services | null>(null)

export function useServices(): Services {
  const services = useContext(ServicesContext)
  if (!services) throw new Error("A component is used outside the application.")
  return services
}
