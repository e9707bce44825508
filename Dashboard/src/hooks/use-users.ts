import { useQuery } from "@/hooks/use-query"
import { useServices } from "@/hooks/use-services"
import type { ApiClient } from "@/lib/api-client"
import type { Query } from "@/lib/query-cache"
import type { List, User } from "@/types/api"

/** `GET /v1/users` */
export function usersQuery(api: ApiClient): Query<List<User>> {
  return { key: ["users"], fetch: ({ signal }) => api.get<List<User>>("/v1/users", {}, signal) }
}

/** The people of the company, for those who may see them; undefined while they are being asked for or cannot be had. */
export function useUsers(): readonly User[] | undefined {
  const { api } = useServices()
  return useQuery(usersQuery(api)).data?.items
}
