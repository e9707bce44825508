import { Component, type ReactNode } from "react"
import { ErrorNotice } from "@/components/error-notice"

interface ErrorBoundaryProps {
  readonly task: string
  readonly children: ReactNode
}

/** Keeps a failure while drawing one section from taking the rest of the page with it. */
export class ErrorBoundary extends Component<ErrorBoundaryProps, { readonly error: unknown }> {
  override state = { error: null as unknown }

  static getDerivedStateFromError(error: unknown) {
    return { error }
  }

  override render() {
    if (this.state.error === null) return this.props.children
    return (
      <ErrorNotice error={this.state.error} task={this.props.task} onRetry={() => this.setState({ error: null })} />
    )
  }
}
