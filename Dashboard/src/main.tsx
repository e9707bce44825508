import { createRoot } from "react-dom/client"
import { App } from "@/app/app"
import { makeServices } from "@/app/services"

const root = document.getElementById("root")
if (root) {
  const services = makeServices()
  createRoot(root).render(<App services={services} />)
  void services.session.start()
}
