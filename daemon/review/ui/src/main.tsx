import { render } from "preact";

render(<p>larum</p>, document.getElementById("page")!);
