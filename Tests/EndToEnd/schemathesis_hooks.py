"""What schemathesis is told in code: how the bodies of agents are written, which the description gives as bytes."""
import schemathesis


@schemathesis.serializer("application/vnd.zerotrace.inventory", "application/vnd.zerotrace.inventory-delta")
def inventory(context, value):
    return value if isinstance(value, bytes) else str(value).encode()
